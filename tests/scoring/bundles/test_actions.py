

from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.sealed import ENTRIES, all_bundles, sealed


async def test_the_three_bundles_share_one_root_and_hold(scoring_database: Database) -> None:
    made = await all_bundles(await sealed(scoring_database))
    found = {kind: verify(bundle) for kind, bundle in made.items()}
    assert len({each["root"] for each in found.values()}) == 1
    assert {kind: (each["ranks"], each["results"]) for kind, each in found.items()} == {
        "public": (ENTRIES, 0),
        "own": (2, 2),
        "supervision": (2 * ENTRIES, 2 * ENTRIES),
    }
