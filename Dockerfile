# The image of a release: goreleaser puts the binaries beside this file, by platform. The go command is there for fixes; scans do without.
FROM golang:1.26-alpine
RUN apk add --no-cache git
ARG TARGETPLATFORM
COPY ${TARGETPLATFORM}/jwtretire /usr/local/bin/jwtretire
USER 65532:65532
ENV HOME=/tmp
WORKDIR /src
ENTRYPOINT ["jwtretire"]
