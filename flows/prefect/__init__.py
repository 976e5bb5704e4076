"""A work in, done as Prefect flows out; the only folder, beside cities.dask, that knows Prefect. Imports in it are absolute:
`prefect` is always the library.
"""
