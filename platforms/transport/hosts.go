package transport

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"miohub/platforms"
)

// HostOf is the host of a URL as Client wants it, "" when it has none.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// refuse tells why a request must not go to u.
func refuse(u *url.URL, hosts []string) error {
	if !slices.ContainsFunc(hosts, func(h string) bool { return h != "" && strings.EqualFold(h, u.Host) }) {
		return fmt.Errorf("host %q is not one this sign-in is for", u.Host)
	}
	if u.Scheme == "https" || u.Scheme == "http" && thisMachine(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("%s to %q would not be encrypted", u.Scheme, u.Host)
}

func thisMachine(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// log writes one debug line for a call: no token, no query, no body, and no
// part of the path that holds an address.
func (t *Transport) log(req *http.Request, res *http.Response, kind platforms.Kind, try int, took time.Duration) {
	ctx := context.WithoutCancel(req.Context())
	if !t.cfg.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("platform", t.cfg.Name), slog.String("method", req.Method),
		slog.String("host", req.URL.Host), slog.String("path", redact(req.URL.Path)),
		slog.Int("try", try+1), slog.Duration("took", took),
	}
	if res != nil {
		attrs = append(attrs, slog.Int("status", res.StatusCode))
		if id := RequestID(res.Header); id != "" {
			attrs = append(attrs, slog.String("requestId", id))
		}
	} else {
		attrs = append(attrs, slog.String("failed", string(kind)))
	}
	t.cfg.Log.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
}

// RequestID is the vendor's own id of a request, from the answer's headers.
func RequestID(h http.Header) string {
	for _, name := range []string{"request-id", "client-request-id", "x-ms-request-id", "X-Guploader-Uploadid", "X-Request-Id"} {
		if v := h.Get(name); v != "" {
			return v
		}
	}
	return ""
}

func redact(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.Contains(p, "@") || strings.Contains(p, "%40") {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}
