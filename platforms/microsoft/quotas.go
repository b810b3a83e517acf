package microsoft

import (
	"net/http"
	"strings"

	"miohub/platforms/transport"
)

// quotas tells which of Graph's limits a request draws on (Microsoft Graph
// service-specific throttling limits).
func quotas(req *http.Request) []transport.Bucket {
	_, path, ok := strings.Cut(req.URL.Path, "/v1.0/")
	if !ok {
		return nil
	}
	parts := strings.Split(path, "/")
	write := req.Method != http.MethodGet
	switch parts[0] {
	case "teams":
		return teamQuotas(parts, write)
	case "invitations":
		return []transport.Bucket{perSecond("invitations", 30)} // 150 in 5 s
	case "users", "groups":
		if write {
			return []transport.Bucket{perSecond("change the directory", 20)} // 3,000 in 150 s
		}
	case "drives", "shares":
		// 1,250 resource units a minute in the smallest tenants, most calls 1 or 2.
		return []transport.Bucket{perSecond("files", 10)}
	case "subscriptions":
		return []transport.Bucket{perSecond("subscriptions", 10)}
	}
	return nil
}

// teamQuotas are those of Teams: per application and tenant by kind of request,
// 4 a second on a team, 1 a second on a channel, 4 new members a minute in a team.
func teamQuotas(parts []string, write bool) []transport.Bucket {
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
		if write {
			return []transport.Bucket{perSecond("channel", 30), team}
		}
		return []transport.Bucket{perSecond("list channels", 60), team}
	case parts[2] == "channels":
		return []transport.Bucket{perSecond(channelClass(parts, write)), team, perSecond("channel "+parts[1]+" "+parts[3], 1)}
	}
	return []transport.Bucket{perSecond("other", 30), team}
}

func channelClass(parts []string, write bool) (string, float64) {
	last := parts[len(parts)-1]
	switch {
	case len(parts) < 5 || parts[4] != "messages":
		return "channel", 30
	case !write:
		return "get message", 20
	case last == "messages" || last == "replies":
		return "post message", 50
	}
	return "change message", 30
}

func perSecond(key string, n float64) transport.Bucket {
	return transport.Bucket{Key: key, PerSecond: n}
}
