"""What the pages of staff share, and what each of them reads.

``desk`` reading, forms, lists, and what a page listens for · ``times`` due times in plain words ·
``alerts`` ``cases`` ``approvals`` what each page shows · ``usual`` the plot of a point's own days.
"""
