"""The ways in for news: feeds, pages, HTTP and a folder."""
