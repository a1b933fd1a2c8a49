"""`python -m services.awards` serves it."""

from services.awards.app import PLAN
from shared.web.serve import main

if __name__ == "__main__":
    main(PLAN)
