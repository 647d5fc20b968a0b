"""`python -m orchestration.cli`, for an environment whose scripts are not on the PATH."""

from orchestration.cli import main

if __name__ == "__main__":
    main()
