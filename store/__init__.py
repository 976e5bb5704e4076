"""The city's DuckDB: tables made from the layouts, a month replaced in one transaction, views in the terms of the field."""
