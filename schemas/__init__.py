"""What every record and every ledger must be: layouts as tables, and the readers that validate files by them.

- `layouts/`: the national records, item by item, with the months each edition holds for. It imports nothing of ours.
- `exchange/`: national exchange files: bytes → lines → keys and groups → typed rows, and the lines rejected on the way.
- `ledgers/`: the city's own ledgers: their columns as tables, and their reader. It uses lines, rules and reasons of
  `exchange`; `exchange` knows no ledger.

Nothing here knows homes, folders of months or the database; the tables of the store are made from what is here.
"""
