"""`python -m services.scoring` serves it."""

from services.scoring.app import PLAN
from shared.web.serve import main

if __name__ == "__main__":
    main(PLAN)
