"""What the public sees: finding goods, cooperatives and single things, and sharing them."""
