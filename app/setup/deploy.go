package setup

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"miohub/platforms"
)

// fileAction precedes the name of a file part in the name of the action that
// takes its text.
const fileAction = "file:"

// shippedPrefix marks a field or file as shipped: the value says by whom.
const shippedPrefix = "shipped."

// Deploy takes what an IT department ships for a platform: files go through the
// same door as those an administrator chooses, values are stored as they are. by
// says who ships them and is shown in the wizard; "" shows nothing.
func (w *Wizard) Deploy(ctx context.Context, values map[string]string, by string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := w.deploy(ctx, key, values[key]); err != nil {
			return fmt.Errorf("setup: deployment of %s: %s: %w", w.Platform.Name, key, err)
		}
		if by == "" {
			continue
		}
		if err := w.Values.Put(ctx, shippedPrefix+key, by); err != nil {
			return fmt.Errorf("setup: deployment of %s: %s: %w", w.Platform.Name, key, err)
		}
	}
	return nil
}

func (w *Wizard) deploy(ctx context.Context, key, value string) error {
	if w.Platform.Actions[fileAction+key] != nil {
		_, err := w.take(ctx, fileAction+key, value)
		return err
	}
	p, _ := w.part(platforms.PartField, key)
	return w.put(ctx, key, value, p.Secret)
}
