"""Published cells beside ours: ``compare`` has the verdicts, ``names`` the printed names.

Nothing is imported here, so that a study file is read without pandas.
"""
