"""What a buyer says was wrong, what the cooperative answers, and who decides in the end."""
