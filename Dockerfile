# The image of the operator: docker build -t ec2-quarantine-operator .
# What is trained and what runs must be the same JVM, so both are made of the one runtime image. To pin the images, append
# @sha256:… to these; docs/container.md says how to find the digests.
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25-noble
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre-noble

FROM ${BUILD_IMAGE} AS build
# Where the cache below is, and not in the image.
ENV MAVEN_ARGS=-Dmaven.repo.local=/repository
WORKDIR /src
COPY pom.xml ./
COPY .mvn .mvn
COPY src src
RUN --mount=type=cache,target=/repository mvn --batch-mode --no-transfer-progress -DskipTests package \
    dependency:copy-dependencies -DincludeScope=test -DoutputDirectory=target/training

FROM ${RUNTIME_IMAGE} AS runtime
WORKDIR /app
COPY --from=build /src/target/ec2-quarantine-operator.jar ./
COPY --from=build /src/target/lib lib

# The JVM learns which classes the operator loads by watching it isolate an instance of the simulator.
FROM runtime AS train
WORKDIR /train
COPY --from=build /src/target/classes classes
COPY --from=build /src/target/test-classes test-classes
COPY --from=build /src/target/training lib
COPY crds crds
COPY docs/samples docs/samples
RUN ["java", "--sun-misc-unsafe-memory-access=allow", "-cp", "test-classes:classes:lib/*", "io.ec2quarantine.demo.Training", \
     "/app/ec2-quarantine-operator.jar", "/app/operator.aot", "-XX:+UseSerialGC"]

FROM runtime
COPY --from=train /app/operator.aot ./
# A number, so that Kubernetes can tell that it is not root.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["java", "-XX:AOTCache=/app/operator.aot", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", \
            "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/ec2-quarantine-operator.jar"]
