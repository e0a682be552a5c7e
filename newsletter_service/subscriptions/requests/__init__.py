"""What strangers ask for on forms: taken in with the same work for every address, answered afterwards."""
