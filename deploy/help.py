"""All commands on one screen."""

TEXT = """\
Laurel runs the competitions and honours of an education trade union.   桂冠：教育工会的竞赛与评选

  ./laurel demo [DIR]           start everything, play a season folder as its users would, stay up until Ctrl-C
                                DIR: another season folder (default: deploy/seasons/jianglin-2026)
      --exit                    end after the table; status 0 only if everything is conserved
      --report FILE             write the report as JSON
      --port N                  the first port to try (default 8080; a taken one is no error)
  ./laurel up --data DIR        the same installation for real use: empty, persistent, in DIR
      --port N                  default 8080
      --public-url URL          what browsers call it (default http://127.0.0.1:PORT); https gets a certificate
  ./laurel test [ARGS]          the whole suite, as CI runs it; ARGS go to pytest
      --nightly                 the large sizes
  ./laurel registration|scoring|awards COMMAND
      migrate                   bring the service's database up to the code (MIGRATE_URL)
  ./laurel scoring rebuild      recreate sheets, standings and boards from the ledger
  ./laurel help                 this screen

The environment (.venv) is made from requirements.lock the first time. Needs Python 3.11 to 3.13; uv is used if present.
Season folders are described in deploy/seasons/README.md."""


def main() -> None:
    print(TEXT)


if __name__ == "__main__":
    main()
