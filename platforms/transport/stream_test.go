package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"miohub/platforms"
)

// A stream outlives the limit as long as bytes move, and ends when none do.
func TestStreamsLastAsLongAsBytesMove(t *testing.T) {
	const limit, pieces = 300 * time.Millisecond, 8
	stuck := make(chan struct{})
	v := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		for range pieces {
			_, _ = io.WriteString(w, "piece ")
			w.(http.Flusher).Flush()
			time.Sleep(limit / 4)
		}
		if r.URL.Path == "/stuck" {
			<-stuck
		}
	})
	defer close(stuck)
	client := v.client(v.transport(func(c *Config) { c.Timeout = limit }))
	read := func(path string) (string, error) {
		req, err := http.NewRequestWithContext(Streaming(t.Context()), http.MethodGet, v.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		return string(data), err
	}
	if got, err := read("/moving"); err != nil || got != strings.Repeat("piece ", pieces) {
		t.Errorf("read %q, %v", got, err)
	}
	if got, err := read("/stuck"); platforms.KindOf(err) != platforms.TryLater {
		t.Errorf("read %q, %v", got, err)
	}
}

// What is too long to be kept for another try still arrives whole.
func TestABodyOfUnknownLengthArrivesWhole(t *testing.T) {
	const size = 3*maxRewind + 7
	got := make(chan int64, 1)
	v := serve(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got <- n
	})
	req, err := http.NewRequestWithContext(Streaming(t.Context()), http.MethodPost, v.URL, io.LimitReader(endless{}, size))
	if err != nil {
		t.Fatal(err)
	}
	res, err := v.client(v.transport(nil)).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if n := <-got; n != size {
		t.Errorf("%d of %d bytes arrived", n, size)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestASourceThatFailsEndsTheUpload(t *testing.T) {
	got := make(chan error, 1)
	v := serve(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		got <- err
	})
	body := io.MultiReader(strings.NewReader(strings.Repeat("x", 2<<20)), iotest.ErrReader(io.ErrClosedPipe))
	req, err := http.NewRequestWithContext(Streaming(t.Context()), http.MethodPost, v.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := v.client(v.transport(nil)).Do(req); platforms.KindOf(err) != platforms.Uncertain {
		t.Errorf("answered %v, %v", res, err)
	}
	if err := <-got; err == nil {
		t.Error("the server took what came for the whole")
	}
}
