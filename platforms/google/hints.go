package google

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	reports "google.golang.org/api/admin/reports/v1"
	"google.golang.org/api/option"

	"miohub/platforms"
)

const (
	entriesPerPage = 1000 // the most that activities.list gives
	// auditLag is how much later than an entry's time the log may show it; that
	// far back is looked again each time.
	auditLag = time.Hour
)

// hints reads the Admin audit log for changed accounts.
type hints struct {
	w *workspace

	mu   sync.Mutex
	seen map[auditEntry]time.Time // entries told of, as far back as is looked again
}

// auditEntry names one entry of the log.
type auditEntry struct {
	time      string
	qualifier int64
}

func newHints(w *workspace) *hints { return &hints{w: w, seen: map[auditEntry]time.Time{}} }

// Changed names whoever an entry since then is about, the time by which the log
// lags before it included; an entry is told of once.
func (h *hints) Changed(ctx context.Context, since time.Time) (platforms.Hint, error) {
	hint := platforms.Hint{Until: since}
	client, err := h.w.clientAs(h.w.asAdmin(scopeAudit), h.w.endpoints.reports)
	if err != nil {
		return hint, err
	}
	api, err := reports.NewService(ctx, option.WithEndpoint(h.w.endpoints.reports), option.WithHTTPClient(client))
	if err != nil {
		return hint, failed("reports client", err)
	}
	var fresh []*reports.Activity
	from := since.Add(-auditLag)
	err = api.Activities.List("all", "admin").StartTime(from.UTC().Format(time.RFC3339Nano)).MaxResults(entriesPerPage).
		Fields("nextPageToken,items(id(time,uniqueQualifier),events(parameters(name,value)))").
		Pages(ctx, func(answer *reports.Activities) error {
			fresh = append(fresh, answer.Items...)
			return nil
		})
	if err != nil {
		return hint, failed("read the audit log", err)
	}
	hint.Addresses, hint.Until = h.take(fresh, from, since)
	return hint, nil
}

// take picks the addresses from entries that were not told of yet.
func (h *hints) take(entries []*reports.Activity, from, since time.Time) (addresses []string, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	until = since
	about := map[string]bool{}
	for _, entry := range entries {
		if entry.Id == nil {
			continue
		}
		at, key := when(entry.Id.Time), auditEntry{entry.Id.Time, entry.Id.UniqueQualifier}
		if at.After(until) {
			until = at
		}
		if _, told := h.seen[key]; told {
			continue
		}
		h.seen[key] = at
		for _, e := range entry.Events {
			for _, address := range aboutWhom(e.Parameters) {
				about[address] = true
			}
		}
	}
	maps.DeleteFunc(h.seen, func(_ auditEntry, at time.Time) bool { return at.Before(from) })
	return slices.Sorted(maps.Keys(about)), until
}

// aboutWhom are the addresses of the account that an event changed, also the one
// it was renamed to.
func aboutWhom(parameters []*reports.ActivityEventsParameters) []string {
	var list []string
	whose := false
	for _, p := range parameters {
		whose = whose || p.Name == "USER_EMAIL"
	}
	for _, p := range parameters {
		if whose && (p.Name == "USER_EMAIL" || p.Name == "NEW_VALUE") && strings.Contains(p.Value, "@") {
			list = append(list, strings.ToLower(p.Value))
		}
	}
	return list
}
