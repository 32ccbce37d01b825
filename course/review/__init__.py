"""What people decide about answers: rubrics, order, claims, agreement. Rules only: no page, no database."""
