"""What is fast and right, measured side by side with peers. Never imported by the product."""
