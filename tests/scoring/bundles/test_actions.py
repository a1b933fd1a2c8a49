import json

import pytest

from services.scoring.bundles import actions
from shared.db import transaction
from shared.errors import Missing
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.seated import seated
from tests.scoring.sealed import ENTRIES, all_bundles, mark, opened, release, seal, sealed, lock


async def test_the_three_bundles_share_one_root_and_hold(scoring_database: Database) -> None:
    made = await all_bundles(await sealed(scoring_database))
    found = {kind: verify(bundle) for kind, bundle in made.items()}
    assert len({each["root"] for each in found.values()}) == 1
    assert {kind: (each["ranks"], each["results"]) for kind, each in found.items()} == {
        "public": (ENTRIES, 0),
        "own": (2, 2),
        "supervision": (2 * ENTRIES, 2 * ENTRIES),
    }
