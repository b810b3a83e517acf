package transport

import (
	"context"
	"io"
	"time"
)

type streamingKey struct{}

// Streaming marks the requests made under ctx as ones that carry a file: such a
// request may last as long as bytes move, and Config.Timeout bounds the pause
// between two of them instead of the whole.
func Streaming(ctx context.Context) context.Context {
	return context.WithValue(ctx, streamingKey{}, true)
}

func isStreaming(ctx context.Context) bool { return ctx.Value(streamingKey{}) != nil }

// bounded limits one attempt. moved puts the limit of a stream off; it may be
// called from several goroutines.
func (t *Transport) bounded(ctx context.Context) (bounded context.Context, cancel context.CancelFunc, moved func()) {
	if !isStreaming(ctx) {
		bounded, cancel = context.WithTimeout(ctx, t.cfg.Timeout)
		return bounded, cancel, func() {}
	}
	bounded, end := context.WithCancelCause(ctx)
	idle := time.AfterFunc(t.cfg.Timeout, func() { end(context.DeadlineExceeded) })
	cancel = func() {
		idle.Stop()
		end(context.Canceled)
	}
	return bounded, cancel, func() { idle.Reset(t.cfg.Timeout) }
}

// movingBody tells of each read that brought something.
type movingBody struct {
	io.ReadCloser
	moved func()
}

// Read implements io.Reader.
func (b *movingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.moved()
	}
	return n, err
}
