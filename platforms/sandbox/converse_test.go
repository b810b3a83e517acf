package sandbox

import (
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	for _, m := range []int{0, 1, 5, 10, 16, 17, 200, 5000} {
		size := Size{Seed: 3, People: 60, Rooms: 12}
		if m == 5000 {
			size = Size{Seed: 3, People: 5000, Rooms: 200}
		}
		w := New(size)
		start := time.Now()
		if err := w.Converse(t.Context(), Talk{Messages: m, Seed: 9}); err != nil {
			t.Fatal(err)
		}
		d := time.Since(start)
		edits, deletes, replies := 0, 0, 0
		said := w.Truth()
		for _, s := range said {
			if s.Version > 1 {
				edits++
			}
			if s.Deleted {
				deletes++
			}
			if s.Root != s.ID {
				replies++
			}
		}
		t.Log(m, len(said), len(w.Pairs()), edits, deletes, replies, d)
		if m == 17 {
			for _, s := range said {
				t.Logf("%s %s %s %s v%d d%v %q", s.Tenant, s.Room, s.ID, s.Root, s.Version, s.Deleted, s.Body.Plain())
			}
			for _, u := range w.Upheaval(4) {
				t.Logf("%+v", u)
			}
		}
	}
}
