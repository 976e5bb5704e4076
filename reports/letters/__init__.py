"""Papers for the facilities: the 確認依頼 before anything is decided, the notices after close, and returns.csv.

What a paper says is put together once (`inquiries.py`, `notices.py`) and printed twice: as a workbook (`sheets.py`)
and as a PDF by typst (`press.py`). Every text passes `privacy.py` on its way: a facility's paper never names another
facility, unless henrei.toml says so.
"""
