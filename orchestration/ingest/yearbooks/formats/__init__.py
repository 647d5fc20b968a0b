"""One module a file format: bytes in, sheets out, and :class:`CannotRead` where that fails.

Which format a file has is decided in ``workbook``; what a sheet means, nowhere here.
"""
