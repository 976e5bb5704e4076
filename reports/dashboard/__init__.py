"""out/dashboard.html: the return rate of the closed months, what drives it, and what it costs."""
