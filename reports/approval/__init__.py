"""out/<month>/approval.pdf: the page that a section signs, of the decisions so far or of the closed month.

The room: `content` takes the numbers from the store and from what is decided, `pdf` sets them on one sheet of A4.
"""
