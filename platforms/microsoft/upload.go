package microsoft

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// piece is how much of a file is put at once, a multiple of 320 KiB as each but
// the last must be (driveItem: createUploadSession).
const piece = 16 * 320 << 10

// Put implements platforms.Files: the file is put piece by piece into the
// channel's folder. What is there by the same name stays; the new file gets
// another. A folder shows a file only when its last piece has come.
func (f *files) Put(ctx context.Context, room platforms.RoomID, _ platforms.UserID, file platforms.File, r io.Reader) (platforms.Upload, error) {
	const op = "microsoft: upload file"
	if file.Size > maxFile {
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Invalid, Op: op, Text: "larger than 250 GB"}
	}
	length := int64(piece)
	if file.Size > 0 {
		length = min(length, file.Size)
	}
	first := make([]byte, length)
	n, err := io.ReadFull(r, first)
	whole := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	if err != nil && !whole {
		return platforms.Upload{}, fmt.Errorf("%s: read it: %w", op, err)
	}
	switch {
	case n == 0:
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Invalid, Op: op, Text: "the file is empty"}
	case file.Size < 0 && whole:
		file.Size = int64(n)
	case file.Size < 0:
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Invalid, Op: op, Text: "SharePoint must know beforehand how large a file is"}
	}
	folder, err := f.folder(ctx, room)
	if err != nil {
		return platforms.Upload{}, err
	}
	made, err := f.upload(ctx, folder, file, io.MultiReader(bytes.NewReader(first[:n]), r))
	if err != nil {
		return platforms.Upload{}, err
	}
	return shown(folder, made)
}

// shown makes what a message shows of an uploaded file.
func shown(folder, made graph.Item) (platforms.Upload, error) {
	u := uploaded{ID: guid(made.ETag), URL: addressIn(folder, made.Name), Name: made.Name}
	if u.ID == "" {
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Internal, Op: "microsoft: upload file", Text: "the uploaded file has no id"}
	}
	ref, err := json.Marshal(u)
	if err != nil {
		return platforms.Upload{}, fmt.Errorf("microsoft: upload file: %w", err)
	}
	return platforms.Upload{Ref: string(ref), Name: u.Name, URL: u.URL}, nil
}

// upload begins a session and puts the pieces in it; one that fails is given up,
// so that nothing of it is kept. Only where the answer to the very last piece is
// lost, the file lies in the folder although no message shows it.
func (f *files) upload(ctx context.Context, folder graph.Item, file platforms.File, r io.Reader) (graph.Item, error) {
	session, err := f.graph.CreateUploadSession(ctx, folder.Parent.Drive, folder.ID, fileName(file.Name))
	if err != nil {
		// A session that was begun twice holds nothing and runs out by itself.
		return graph.Item{}, fail("begin upload", err, harmless)
	}
	put := &uploading{url: session.URL, size: file.Size, http: f.http.Client(nil, transport.HostOf(session.URL))}
	item, err := put.all(ctx, r)
	if err != nil {
		put.cancel(context.WithoutCancel(ctx))
		return graph.Item{}, err
	}
	return item, nil
}

// uploading is a file on its way into a session. No token goes there: the
// session's address is a secret of its own.
type uploading struct {
	url  string
	size int64
	http *http.Client
}

const opUpload = "microsoft: upload file"

// all puts every piece and answers the file that came of it.
func (u *uploading) all(ctx context.Context, r io.Reader) (graph.Item, error) {
	buffer := make([]byte, min(piece, u.size))
	for at := int64(0); ; {
		n, err := io.ReadFull(r, buffer[:min(int64(len(buffer)), u.size-at)])
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				err = &platforms.Error{Kind: platforms.Invalid, Op: opUpload, Text: fmt.Sprintf("the file ended after %d of %d bytes", at+int64(n), u.size)}
			}
			return graph.Item{}, fmt.Errorf("%s: read it: %w", opUpload, err)
		}
		item, done, err := u.piece(ctx, buffer[:n], at)
		if err != nil {
			return graph.Item{}, err
		}
		at += int64(n)
		if done {
			return item, nil
		}
		if at >= u.size {
			return graph.Item{}, &platforms.Error{Kind: platforms.Internal, Op: opUpload, Text: "all was put, and the session wants more"}
		}
	}
}

// tries is how often one piece is put before the upload is given up.
const tries = 4

// piece puts one piece. Whether one that was not answered arrived, the session
// says; the last one tells of the file only when it is put.
func (u *uploading) piece(ctx context.Context, data []byte, at int64) (item graph.Item, done bool, err error) {
	for range tries {
		var status int
		item, status, err = u.put(ctx, data, at)
		switch {
		case err == nil:
			return item, status != http.StatusAccepted, nil
		case status == http.StatusRequestedRangeNotSatisfiable, status == 0:
		default:
			return item, false, err
		}
		next, look := u.next(ctx)
		if look != nil {
			return item, false, look
		}
		if next == at+int64(len(data)) && next < u.size {
			return item, false, nil // it had arrived
		}
		if next != at {
			return item, false, &platforms.Error{Kind: platforms.TryLater, Op: opUpload, Text: "the session lost its place"}
		}
	}
	return item, false, err
}

// put sends one piece once; the transport repeats it while it is refused for a
// passing reason. status is 0 when no answer arrived.
func (u *uploading) put(ctx context.Context, data []byte, at int64) (graph.Item, int, error) {
	req, err := http.NewRequestWithContext(transport.Streaming(transport.Idempotent(ctx)), http.MethodPut, u.url, bytes.NewReader(data))
	if err != nil {
		return graph.Item{}, 0, &platforms.Error{Kind: platforms.Internal, Op: opUpload, Text: "the session's address is not one"} // it is a secret
	}
	req.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, at+int64(len(data))-1, u.size))
	var item graph.Item
	status, err := u.do(req, &item)
	return item, status, err
}

// next is where the session goes on.
func (u *uploading) next(ctx context.Context) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url, nil)
	if err != nil {
		return 0, &platforms.Error{Kind: platforms.Internal, Op: opUpload, Text: "the session's address is not one"}
	}
	var state struct {
		Ranges []string `json:"nextExpectedRanges"` // "327680-"
	}
	if _, err := u.do(req, &state); err != nil {
		return 0, err
	}
	if len(state.Ranges) == 0 {
		return u.size, nil
	}
	from, _, _ := strings.Cut(state.Ranges[0], "-")
	at, err := strconv.ParseInt(from, 10, 64)
	if err != nil {
		return 0, &platforms.Error{Kind: platforms.Internal, Op: opUpload, Text: "the session does not say where it goes on"}
	}
	return at, nil
}

// do makes the request and reads its answer.
func (u *uploading) do(req *http.Request, out any) (status int, err error) {
	res, err := u.http.Transport.RoundTrip(req)
	if err != nil {
		return 0, renamed(opUpload, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		return res.StatusCode, &platforms.Error{
			Kind: uploadKind(res.StatusCode), Op: opUpload, Status: res.StatusCode, RequestID: transport.RequestID(res.Header),
		}
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return 0, &platforms.Error{Kind: platforms.TryLater, Op: opUpload, Err: err}
	}
	return res.StatusCode, nil
}

// uploadKind is what a session's refusal means: one that is gone can be begun
// again, a site without space cannot.
func uploadKind(status int) platforms.Kind {
	switch status {
	case http.StatusNotFound, http.StatusRequestedRangeNotSatisfiable:
		return platforms.TryLater
	case http.StatusInsufficientStorage, http.StatusRequestEntityTooLarge:
		return platforms.Invalid
	}
	return transport.Kind(status, true)
}

// cancel gives the session up. If that fails it runs out by itself.
func (u *uploading) cancel(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, u.url, nil)
	if err != nil {
		return
	}
	if res, err := u.http.Transport.RoundTrip(req); err == nil {
		res.Body.Close()
	}
}
