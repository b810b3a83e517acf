package microsoft

import (
	"net/http"
	"strings"

	"miohub/platforms/transport"
)

// quotas tells which of Graph's limits a request draws on: per application and
// tenant by kind of request, 4 a second on a team, 1 a second on a channel, 4
// new members a minute in a team (Microsoft Graph service-specific throttling
// limits, Microsoft Teams).
func quotas(req *http.Request) []transport.Bucket {
	_, path, ok := strings.Cut(req.URL.Path, "/v1.0/")
	if !ok {
		return nil
	}
	parts := strings.Split(path, "/")
	if parts[0] != "teams" {
		return nil
	}
	write := req.Method != http.MethodGet
	if len(parts) < 3 {
		return []transport.Bucket{perSecond("get team", 30)}
	}
	team := perSecond("team "+parts[1], 4)
	switch {
	case parts[2] == "members" && write:
		return []transport.Bucket{{Key: "new members " + parts[1], PerSecond: 4.0 / 60}, perSecond("post member", 30), team}
	case parts[2] == "members":
		return []transport.Bucket{perSecond("list members", 60), team}
	case parts[2] == "channels" && len(parts) == 3:
		return []transport.Bucket{perSecond("list channels", 60), team}
	case parts[2] == "channels":
		return []transport.Bucket{perSecond(channelClass(parts, write)), team, perSecond("channel "+parts[1]+" "+parts[3], 1)}
	}
	return []transport.Bucket{perSecond("other", 30), team}
}

func channelClass(parts []string, write bool) (string, float64) {
	if len(parts) < 5 || parts[4] != "messages" {
		return "channel", 30
	}
	if write {
		return "post message", 50
	}
	return "get message", 20
}

func perSecond(key string, n float64) transport.Bucket {
	return transport.Bucket{Key: key, PerSecond: n}
}
