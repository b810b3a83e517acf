package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

const (
	// chunk is what the size of every piece but the last must divide by.
	chunk = 320 << 10
	// maxChunk is how large a piece may be.
	maxChunk = 60 << 20
	// maxSimple is how large a file may be that is put in one request.
	maxSimple = 250 << 20
	// uploadLife is how long a session waits for the next piece, in tenant time.
	uploadLife = 24 * time.Hour
)

// upload is a session: a file that comes in pieces, in order.
type upload struct {
	room     world.Room
	name     string
	conflict string
	total    int64 // -1 until the first piece tells
	data     bytes.Buffer
	expires  time.Duration
}

// createUpload begins a session for a new file in a channel's folder.
func (k *call) createUpload() (*reply, error) {
	r, err := k.folderInPath()
	if err != nil {
		return nil, err
	}
	u := &upload{room: r, name: k.ids["name"], conflict: onConflictFail, total: -1, expires: k.world.Clock.Elapsed() + uploadLife}
	if k.r.ContentLength != 0 {
		in, err := k.readBody()
		if err != nil {
			return nil, err
		}
		if err := k.onlyKeys(in, "createUploadSession", "item", "deferCommit"); err != nil {
			return nil, err
		}
		item, _ := in["item"].(map[string]any)
		if err := k.onlyKeys(item, "driveItemUploadableProperties", "name", "description", "fileSize", "fileSystemInfo"); err != nil {
			return nil, err
		}
		if name, set := item["name"].(string); set && name != u.name {
			return nil, k.deny("graph.drive.name")
		}
		if v, set := item["@microsoft.graph.conflictBehavior"].(string); set {
			u.conflict = v
		}
	}
	switch {
	case !goodName(u.name):
		return nil, k.deny("graph.drive.name")
	case u.conflict != onConflictFail && u.conflict != onConflictRename && u.conflict != onConflictReplace:
		return nil, k.deny("graph.drive.conflict-behaviour", u.conflict)
	}
	secret := randomText(24)
	k.drives.mu.Lock()
	taken := k.drives.named(r.ID, u.name)
	if taken == nil || u.conflict != onConflictFail {
		k.drives.uploads[secret] = u
	}
	k.drives.mu.Unlock()
	if taken != nil && u.conflict == onConflictFail {
		return nil, k.deny("graph.drive.name-taken")
	}
	body := k.progress(u)
	body["@odata.context"] = k.root + "$metadata#microsoft.graph.uploadSession"
	body["uploadUrl"] = k.sharePoint() + "_api/v2.0/drives/" + url.PathEscape(k.ids["drive"]) + "/items/" + k.ids["item"] + "/uploadSession?guid=" + randomGUID() + "&tempauth=" + secret
	return ok(body)
}

// progress is what a session says of itself.
func (c *cloud) progress(u *upload) map[string]any {
	left := c.world.Clock.Wall(u.expires - c.world.Clock.Elapsed())
	return map[string]any{
		"expirationDateTime": timestamp(c.world.Clock.Now().Add(left)), "nextExpectedRanges": []string{fmt.Sprintf("%d-", u.data.Len())},
	}
}

// putContent puts a small file in one request.
func (k *call) putContent() (*reply, error) {
	r, err := k.folderInPath()
	if err != nil {
		return nil, err
	}
	if !goodName(k.ids["name"]) {
		return nil, k.deny("graph.drive.name")
	}
	if k.r.ContentLength > maxSimple {
		return nil, k.deny("graph.drive.too-large")
	}
	data, err := io.ReadAll(io.LimitReader(k.r.Body, maxSimple))
	if err != nil {
		return nil, k.deny("graph.body.malformed")
	}
	conflict := k.r.URL.Query().Get("@microsoft.graph.conflictBehavior")
	if conflict == "" {
		conflict = onConflictReplace
	}
	i, put := k.put(r, k.ids["name"], k.r.Header.Get("Content-Type"), data, conflict)
	if !put {
		return nil, k.deny("graph.drive.name-taken")
	}
	answer, err := k.oneItem(i)
	if err == nil && i.version == 1 {
		answer.status = http.StatusCreated
	}
	return answer, err
}

// sharePointHost is where files are moved: by addresses that are secrets, and
// without tokens, which it refuses.
func (c *cloud) sharePointHost() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", c.world.Clock.Now().Format(http.TimeFormat))
		requestID := randomGUID()
		w.Header().Set("request-id", requestID)
		var err error
		switch secret := r.URL.Query().Get("tempauth"); {
		case r.Header.Get("Authorization") != "":
			err = c.deny("sharepoint.token")
		case strings.HasSuffix(r.URL.Path, "/download.aspx"):
			err = c.download(w, r, secret)
		case strings.HasSuffix(r.URL.Path, "/uploadSession"):
			err = c.uploadPiece(w, r, secret)
		default:
			err = c.deny("sharepoint.session-unknown")
		}
		if err != nil {
			c.writeGraphError(w, requestID, requestID, err)
		}
	})
}

func (c *cloud) download(w http.ResponseWriter, r *http.Request, secret string) error {
	c.drives.mu.Lock()
	p, known := c.drives.passes[secret]
	c.drives.mu.Unlock()
	i, found := c.drives.item(p.item)
	if !known || !found || c.world.Clock.Elapsed() >= p.expires {
		return c.deny("sharepoint.pass-expired")
	}
	w.Header().Set("Content-Type", i.kind)
	http.ServeContent(w, r, "", i.changed, bytes.NewReader(i.data))
	return nil
}

// uploadPiece takes, shows or gives up a session.
func (c *cloud) uploadPiece(w http.ResponseWriter, r *http.Request, secret string) error {
	if r.ContentLength > maxChunk {
		return c.deny("sharepoint.piece-too-large")
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, maxChunk))
	if err != nil {
		return c.deny("sharepoint.length")
	}
	c.drives.mu.Lock()
	u := c.drives.uploads[secret]
	if u != nil && c.world.Clock.Elapsed() >= u.expires {
		delete(c.drives.uploads, secret)
		u = nil
	}
	if u == nil {
		c.drives.mu.Unlock()
		return c.deny("sharepoint.session-unknown")
	}
	done := false
	var body map[string]any
	switch r.Method {
	case http.MethodGet:
		body = c.progress(u)
	case http.MethodDelete:
		delete(c.drives.uploads, secret)
	case http.MethodPut:
		err = c.take(u, r.Header.Get("Content-Range"), data)
		body, done = c.progress(u), int64(u.data.Len()) == u.total
		if err == nil && done {
			delete(c.drives.uploads, secret)
		}
	default:
		err = c.deny("graph.method.not-allowed")
	}
	c.drives.mu.Unlock()
	switch {
	case err != nil:
		return err
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, body)
	case !done:
		writeJSON(w, http.StatusAccepted, body)
	default:
		return c.finish(w, u)
	}
	return nil
}

// finish makes the file of a session whose last piece came.
func (c *cloud) finish(w http.ResponseWriter, u *upload) error {
	i, put := c.put(u.room, u.name, "", bytes.Clone(u.data.Bytes()), u.conflict)
	if !put {
		return c.deny("graph.drive.name-taken")
	}
	status := http.StatusCreated
	if i.version > 1 {
		status = http.StatusOK
	}
	writeJSON(w, status, c.itemObject(i))
	return nil
}

// take appends a piece. Callers hold the drives' lock.
func (c *cloud) take(u *upload, contentRange string, data []byte) error {
	var from, to, total int64
	if _, err := fmt.Sscanf(contentRange, "bytes %d-%d/%d", &from, &to, &total); err != nil || from > to || to >= total {
		return c.deny("sharepoint.range")
	}
	size := int64(u.data.Len())
	switch {
	case int64(len(data)) != to-from+1, u.total >= 0 && u.total != total:
		return c.deny("sharepoint.length")
	case from < size:
		return c.inner(c.deny("sharepoint.overlap"), "fragmentOverlap")
	case from > size:
		return c.inner(c.deny("sharepoint.gap"), "fragmentOutOfOrder")
	case to+1 < total && len(data)%chunk != 0:
		return c.deny("sharepoint.piece-size")
	}
	u.total = total
	u.data.Write(data)
	u.expires = c.world.Clock.Elapsed() + uploadLife
	return nil
}

// inner adds SharePoint's more detailed code.
func (c *cloud) inner(e *graphError, code string) *graphError {
	e.inner = map[string]any{"code": code}
	return e
}
