"""`python -m henrei` is the same as the command `henrei`."""

from henrei.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
