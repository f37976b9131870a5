"""A member's credit with their cooperative: goods on account (bon), with a limit and a due date."""
