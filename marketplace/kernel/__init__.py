"""Words that every feature uses: money, quantities, ids, errors, access. Pure Python."""
