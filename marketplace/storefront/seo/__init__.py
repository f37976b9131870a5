"""What search engines and messengers read: structured data, and pictures for previews."""
