"""`python -m ceramer`."""

from ceramer.cli import main

raise SystemExit(main())
