"""What comes back to the envelope sender: bounces, complaints, automatic replies, requests to unsubscribe."""
