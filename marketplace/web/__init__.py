"""The toolkit of views: extensions, transaction, guards, security, fields. Knows no feature."""
