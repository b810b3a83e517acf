package app

import (
	"context"
	"errors"
	"testing"
)

func TestChecksOfAPlatformRunOneAfterTheOther(t *testing.T) {
	h := newHub(t)
	done, err := h.takeTurn(t.Context(), "google")
	h.must(err)
	other, err := h.takeTurn(t.Context(), "microsoft")
	h.must(err)
	other()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Check(ctx, "google", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a second run beside the first: %v", err)
	}
	done()
	if _, err := h.Check(t.Context(), "google", nil, nil); err != nil {
		t.Error(err)
	}
}
