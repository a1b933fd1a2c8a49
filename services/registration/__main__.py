"""`python -m services.registration` serves it."""

from services.registration.app import PLAN
from shared.web.serve import main

if __name__ == "__main__":
    main(PLAN)
