"""Messages to people outside the page."""
