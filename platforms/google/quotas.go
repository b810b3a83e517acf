package google

import (
	"net/http"
	"strings"

	"miohub/platforms/transport"
)

// classify tells which of Google's quotas a request draws on: those of the pages
// on limits of the Chat API (per project in 60 s, per space in one) and of the
// Directory API (2,400 queries a minute), and a few of our own.
func classify(req *http.Request) []transport.Bucket {
	path := strings.TrimPrefix(req.URL.Path, "/")
	if strings.HasPrefix(path, "admin/directory/") {
		return []transport.Bucket{{Key: "directory", PerSecond: 2400.0 / 60, Burst: 40}}
	}
	// Of these the pages tell less: the audit log's filtered queries are 250 a
	// minute, and the others are kept to what their calls need.
	for prefix, b := range map[string]transport.Bucket{
		"admin/reports/":   {Key: "audit log", PerSecond: 250.0 / 60, Burst: 4},
		"apps/licensing/":  {Key: "licences", PerSecond: 2, Burst: 4},
		"v1/subscriptions": {Key: "announcements", PerSecond: 5, Burst: 5},
	} {
		if strings.HasPrefix(path, prefix) {
			return []transport.Bucket{b}
		}
	}
	if strings.HasPrefix(path, "v1/media/") {
		return []transport.Bucket{perProject("media", false, 600, 3000)}
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(path, "upload/"), "v1/spaces")
	if !ok {
		return nil
	}
	write := req.Method != http.MethodGet && req.Method != http.MethodHead
	parts := strings.Split(strings.TrimPrefix(rest, "/"), "/")
	if len(parts) < 2 || parts[0] == "" {
		return []transport.Bucket{perProject("spaces", write, 60, 3000)}
	}
	space := transport.Bucket{Key: "read " + parts[0], PerSecond: 15, Burst: 15}
	if write {
		space = transport.Bucket{Key: "write " + parts[0], PerSecond: 1, Burst: 1}
	}
	return []transport.Bucket{space, projectQuota(parts[1:], write)}
}

// projectQuota is the quota of the project that a call within a space draws on.
func projectQuota(parts []string, write bool) transport.Bucket {
	switch {
	case parts[0] == "members":
		return perProject("members", write, 300, 3000)
	case parts[0] == "attachments:upload":
		return perProject("media", write, 600, 3000)
	case len(parts) > 2 && parts[2] == "reactions":
		return perProject("reactions", write, 600, 3000)
	}
	return perProject("messages", write, 3000, 3000)
}

// perProject is a quota of so many writes or reads in a minute.
func perProject(what string, write bool, writes, reads float64) transport.Bucket {
	perMinute, verb := reads, "read "
	if write {
		perMinute, verb = writes, "write "
	}
	return transport.Bucket{Key: verb + what, PerSecond: perMinute / 60, Burst: max(1, int(perMinute/60))}
}
