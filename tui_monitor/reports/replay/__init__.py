"""One session as a page of HTML that plays back in a browser."""
