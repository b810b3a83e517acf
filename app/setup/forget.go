package setup

import (
	"context"
	"fmt"
)

// Forget takes back everything that was done in the wizard: actions, ticks and
// findings. What was typed stays, for the next Connect.
func (w *Wizard) Forget(ctx context.Context) error {
	for action := range w.Platform.Actions {
		if err := w.Values.Delete(ctx, donePrefix+action); err != nil {
			return fmt.Errorf("setup: forget what was done: %w", err)
		}
	}
	return w.Store.ForgetSetup(ctx, w.Platform.ID)
}
