"""All commands on one screen."""

TEXT = """\
Laurel runs the competitions and honours of an education trade union.   桂冠：教育工会的竞赛与评选

  ./laurel demo [DIR]           start everything, play a season folder as its users would, stay up until Ctrl-C
                                DIR: another season folder (default: deploy/seasons/jianglin-2026)
      --exit                    end after the table; status 0 only if everything is conserved
      --report FILE             write the report as JSON
      --bundles DIR             write the bundles of every sealed competition, as each reader gets them
      --port N                  the first port to try (default 8080; a taken one is no error)
  ./laurel up --data DIR        the same installation for real use: empty, persistent, in DIR
      --port N                  default 8080
      --public-url URL          what browsers call it (default http://127.0.0.1:PORT); https gets a certificate
      --lan [ADDRESS]           a hall without internet: https on this machine's address, its certificate offered to tablets
  ./laurel test [ARGS]          the whole suite, as CI runs it; ARGS go to pytest
      --nightly                 the large sizes
  ./laurel chaos --size N       judges mark N times in real browsers while everything breaks; status 0 if nothing is lost
      --seed S                  what breaks, when and to whom
      --control ack|id|ledger   with this defect put in, which must be caught: status 1
  ./laurel registration|scoring|awards COMMAND
      migrate                   bring the service's database up to the code (MIGRATE_URL)
  ./laurel scoring tablets      which enrolled tablets work without a network, and why not
  ./laurel scoring rebuild      recreate sheets, standings and boards from the ledger
  ./laurel score RULE MARKS.csv     rank a file of marks (entry,judge,criterion,mark; maybe part,difficulty; - is stdin)
      --format csv|json         RULE: a preset's name (trimmed-mean, teaching-per-judge, skating-system, …) or a rule file
  ./laurel whatif RULE OTHER MARKS.csv
      --tiers 2,4,5             who moves under the other rule, and whose tier changes
  ./laurel agreement MARKS.csv  how far the judges agree, as JSON
  ./laurel severity additive|mixed|rasch MARKS.csv
                                how strict each judge is, as CSV
  ./laurel verify BUNDLE        check a bundle of a sealed competition: chain, root, every rank
  ./laurel bench tally|severity|sheets|board|reveal
                                how fast beside what one would use instead, as JSON
  ./laurel help                 this screen

What reads files tells every fault and ends with status 2. --language zh-CN|en: else the terminal's own.
The environment (.venv) is made from requirements.lock the first time. Needs Python 3.11 to 3.13; uv is used if present.
Season folders are described in deploy/seasons/README.md."""


def main() -> None:
    print(TEXT)


if __name__ == "__main__":
    main()
