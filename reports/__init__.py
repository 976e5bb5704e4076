"""What people open, made from findings and outcomes. Called by flows, which decide when and where a file is written.

The rooms know nothing of each other: `worklist` (worklist.xlsx, and the decisions read back from it), `letters` (to the
facilities: inquiries, notices, returns.csv), `dashboard` (dashboard.html), `survey` (a table of counts). `workbook` writes
every Excel file.
"""
