"""What directives print on A4: late ones by ward, months beside each other, one directive."""
