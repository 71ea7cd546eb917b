"""The API of ratings: the contract's 26 fields, and the richer answer with its reasons."""

from __future__ import annotations

import hashlib
from typing import Any

import django_filters
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import IsSearcher
from artifacts.api.retrieval import ready
from artifacts.lookup import find, for_roles, row_of
from artifacts.models import Artifact, ArtifactType
from common import filters
from common.api import unless_known
from common.compiled_queries import CompiledQuery
from common.errors import RegistryError
from common.pagination import Order
from common.viewsets import FindsById
from ratings.models import Rating, RatingQuerySet
from ratings.serializers import (
    RatingRowSerializer,
    RatingSerializer,
    contract_fields,
    contract_rating,
)


class NotRated(RegistryError):
    code = "not_rated"
    message = "{what} has no rating."
    status = 404


def _newest(request: Request, artifact: Artifact, ratings: RatingQuerySet) -> Rating:
    """The newest of ``ratings``; a caller that may know it already has its heavy part later."""
    if "HTTP_IF_NONE_MATCH" in request.META:
        ratings = ratings.light()
    rating = ratings.defer("version__facts", "version__notes").first()
    if rating is None:
        raise NotRated(what=artifact.name)
    return rating


# the rating of a model that is ready, with its name, in one question
_OF_MODEL = for_roles(
    lambda visible: CompiledQuery(
        lambda pk, type: (
            Rating.objects.filter(version__in=visible().filter(pk=pk, type=type).values("current"))
            .select_related("version__artifact")
            .only(
                "net_score",
                "net_latency_seconds",
                "measurements",
                "version__artifact__name",
                "version__artifact__type",
            )
        ),
        pk=int,
        type=str,
    )
)


class RateView(APIView):
    """The rating of a model as the contract writes it."""

    permission_classes = [IsSearcher]

    @extend_schema(
        operation_id="model_rate",
        responses={200: inline_serializer("ModelRating", contract_fields())},
    )
    def get(self, request: Request, id: str) -> HttpResponseBase:
        """The 26 fields; -1 is unknown, latencies are in seconds.

        Waits a little while the model is being ingested; then 404 says when to ask again.
        """
        caller: Any = request.user
        pk = row_of(id, what=ArtifactType.MODEL)
        rating = None
        if "HTTP_IF_NONE_MATCH" not in request.META:
            rating = _OF_MODEL[caller.is_admin].first(pk=pk, type=ArtifactType.MODEL.value)
        if rating is None:
            artifact = ready(request, ArtifactType.MODEL, id)
            rating = _newest(request, artifact, Rating.objects.filter(version=artifact.current))
        else:
            artifact = rating.version.artifact
        digest = hashlib.sha256(artifact.name.encode()).hexdigest()[:12]
        return unless_known(
            request, f"rate-{rating.pk}-{digest}", lambda: contract_rating(artifact, rating)
        )


class RatingView(APIView):
    """The newest rating of an artifact, with reasons and evidence; also of a rejected one."""

    permission_classes = [IsSearcher]

    @extend_schema(operation_id="artifact_rating", responses={200: RatingSerializer})
    def get(self, request: Request, type: str, id: str) -> HttpResponseBase:
        artifact = find(request.user, type, id)
        ratings = Rating.objects.filter(version=artifact.current)
        if artifact.current is None:
            ratings = Rating.objects.filter(version__artifact=artifact)
        rating = _newest(request, artifact, ratings.select_related("version"))
        return unless_known(request, f"rating-{rating.pk}", lambda: RatingSerializer(rating).data)


class RatingFilter(django_filters.FilterSet):
    artifact = filters.row_id(field_name="version__artifact", help_text="Its id.")
    type = django_filters.ChoiceFilter(
        field_name="version__artifact__type", choices=ArtifactType.choices
    )
    min_score = filters.score(field_name="net_score", lookup_expr="gte")

    class Meta:
        model = Rating
        fields: list[str] = []


class RatingViewSet(
    FindsById, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Rating]
):
    """Every rating that was ever made, those that a newer one replaced included."""

    what = "This rating"
    permission_classes = [IsSearcher]
    queryset = Rating.objects.none()
    filterset_class = RatingFilter
    orders = {"created": Order()}  # ratings are never changed, so their ids rise with time
    default_ordering = "-created"

    def get_serializer_class(self) -> type[serializers.ModelSerializer[Rating]]:
        return RatingRowSerializer if self.action == "list" else RatingSerializer

    def get_queryset(self) -> RatingQuerySet:
        ratings = Rating.objects.visible_to(self.request.user).select_related("version__artifact")
        ratings = ratings.defer("version__facts", "version__notes")
        return ratings.light() if self.action == "list" else ratings
