package sandbox

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// sessionLife is how long a resumable upload can be continued: a week.
const sessionLife = 7 * 24 * time.Hour

// chunkUnit is what the length of every chunk but the last is a multiple of.
const chunkUnit = 256 << 10

// session is a resumable upload under way.
type session struct {
	upload
	expires time.Duration // tenant time
}

// relatedParts reads a multipart/related body.
func relatedParts(r *http.Request) (*multipart.Reader, bool) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/related" || params["boundary"] == "" {
		return nil, false
	}
	return multipart.NewReader(r.Body, params["boundary"]), true
}

// openSession begins a resumable upload; its address is in the answer's Location.
func (c *call) openSession(u upload, w http.ResponseWriter, r *http.Request) *apiError {
	data, bad := readBody(w, r)
	if bad != nil {
		return bad
	}
	var err error
	if u.file.Name, err = filename(data); err != nil {
		return malformed(data, err)
	}
	u.file.Type = mediaType(r.Header.Get("X-Upload-Content-Type"))
	size := int64(-1)
	if text := r.Header.Get("X-Upload-Content-Length"); text != "" {
		if size, err = strconv.ParseInt(text, 10, 64); err != nil || size < 0 {
			return invalid("Invalid X-Upload-Content-Length.")
		}
	}
	if bad := checkUpload(u.file.Name, size); bad != nil {
		return bad
	}
	g, id := c.g, randomText(48)
	g.media.mu.Lock()
	g.media.sessions[id] = &session{upload: u, expires: g.world.Clock.Elapsed() + sessionLife}
	g.media.mu.Unlock()
	q := url.Values{"uploadType": {"resumable"}, "upload_id": {id}}
	w.Header().Set("X-GUploader-UploadID", id)
	w.Header().Set("Location", g.urls["chat"]+"upload/v1/spaces/"+u.room+"/attachments:upload?"+q.Encode())
	w.WriteHeader(http.StatusOK)
	return nil
}

// span is a Content-Range: "bytes 0-99/200", "bytes 0-99/*", "bytes */200".
type span struct {
	from, to, total int64 // to is exclusive; total -1 is not known
	query           bool  // asks how much has arrived
}

func contentRange(r *http.Request) (span, bool) {
	text := r.Header.Get("Content-Range")
	if text == "" {
		return span{total: r.ContentLength, to: r.ContentLength}, r.ContentLength >= 0
	}
	hit := regexp.MustCompile(`^bytes (\*|(\d+)-(\d+))/(\*|\d+)$`).FindStringSubmatch(text)
	if hit == nil {
		return span{}, false
	}
	s := span{total: -1, query: hit[1] == "*"}
	s.from, _ = strconv.ParseInt(hit[2], 10, 64)
	s.to, _ = strconv.ParseInt(hit[3], 10, 64)
	s.to++
	if hit[4] != "*" {
		s.total, _ = strconv.ParseInt(hit[4], 10, 64)
	}
	return s, s.query || s.from < s.to && (s.total < 0 || s.to <= s.total)
}

// continueUpload takes the next chunk of a session. Whoever has the session's
// address may.
func (g *google) continueUpload(w http.ResponseWriter, r *http.Request, id string) {
	if r.Method != http.MethodPut && r.Method != http.MethodPost {
		notFoundPage(w, r)
		return
	}
	g.media.mu.Lock()
	s := g.media.sessions[id]
	g.media.mu.Unlock()
	if s == nil || s.expires < g.world.Clock.Elapsed() {
		refuse(http.StatusNotFound, "Requested entity was not found.").write(w)
		return
	}
	part, ok := contentRange(r)
	if !ok {
		invalid("Failed to parse Content-Range header.").write(w)
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMedia+1))
	if err != nil {
		tooLarge().write(w)
		return
	}
	done, bad := g.extend(s, part, data)
	switch {
	case bad != nil:
		bad.write(w)
	case done:
		g.media.mu.Lock()
		delete(g.media.sessions, id)
		g.media.mu.Unlock()
		writeJSON(w, http.StatusOK, g.put(s.upload), true)
	default:
		g.incomplete(w, r, s)
	}
}

// extend appends a chunk and reports whether the file is whole.
func (g *google) extend(s *session, part span, data []byte) (bool, *apiError) {
	g.media.mu.Lock()
	defer g.media.mu.Unlock()
	have := int64(len(s.file.Data))
	if part.query {
		return part.total == have, nil
	}
	last := part.total >= 0 && part.to == part.total
	switch {
	case int64(len(data)) != part.to-part.from:
		return false, invalid("Invalid request. The number of bytes uploaded does not match the Content-Range header.")
	case part.from > have:
		return false, invalid("Invalid request. The chunk starts at byte %d, but %d bytes have been received.", part.from, have)
	case !last && len(data)%chunkUnit != 0:
		return false, invalid("Invalid request. There were %d byte(s) in the request body. The number of bytes must be a multiple of %d, except for the final request.", len(data), chunkUnit)
	case part.to > maxMedia || part.total > maxMedia:
		return false, tooLarge()
	}
	// What arrived before is skipped, so that a chunk can be repeated.
	if part.to > have {
		s.file.Data = append(s.file.Data, data[have-part.from:]...)
	}
	return last, nil
}

// incomplete tells how much has arrived: 308, or what a client that takes 308
// for a redirect asks to be told instead.
func (g *google) incomplete(w http.ResponseWriter, r *http.Request, s *session) {
	g.media.mu.Lock()
	have := len(s.file.Data)
	g.media.mu.Unlock()
	if have > 0 {
		w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", have-1))
	}
	if strings.EqualFold(r.Header.Get("X-GUploader-No-308"), "yes") {
		w.Header().Set("X-Http-Status-Code-Override", "308")
		w.WriteHeader(http.StatusOK)
		return
	}
	w.WriteHeader(http.StatusPermanentRedirect)
}
