"""Readers: files of the landing zone become typed records with locators and warnings.

Here belong finding files, telling formats apart, decoding, cleaning and reading identity from a
text. What runs when, and every table of the warehouse, belong to the assets: nothing in this
package imports Dagster, and nothing writes into the landing zone.
"""
