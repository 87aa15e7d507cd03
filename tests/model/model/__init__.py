"""Executable specification of deciding, of levels and of reviews.

Written from the documents alone, so that a mistake in the host and a mistake in here are unlikely to be the same.
The README of the folder above says how the documents are read where they leave something open.
"""
