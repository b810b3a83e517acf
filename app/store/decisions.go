package store

import "context"

// DeclinedActions are the ids of actions that a person declined and has not
// approved since, in whichever plan.
func (s *Store) DeclinedActions(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	err := each(ctx, s.r, "declined actions", func(sc scan) error {
		var id string
		if err := sc(&id); err != nil {
			return err
		}
		out[id] = true
		return nil
	}, `SELECT id FROM plan_actions a WHERE state = 'declined' AND NOT EXISTS (SELECT 1 FROM plan_actions b
		WHERE b.id = a.id AND b.plan > a.plan AND b.state IN ('approved', 'applied'))`)
	return out, err
}
