"""Who may do what: accounts, roles, the scope of a request, and the routes that ask for both."""
