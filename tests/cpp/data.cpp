// Data in and out: columns, texts, views, matrices of other libraries, models from arrays, Arrow data; ownership; errors.
#include <array>
#include <string>

#include "check.hpp"

using namespace interlace;

// A matrix as Eigen has it: a block of a larger one, by columns.
struct Block {
    enum { IsRowMajor = 0, InnerStrideAtCompileTime = 1, IsVectorAtCompileTime = 0 };
    const double *start;
    [[nodiscard]] const double *data() const { return start; }
    [[nodiscard]] long rows() const { return 2; }
    [[nodiscard]] long cols() const { return 3; }
    [[nodiscard]] long size() const { return 6; }
    [[nodiscard]] long outerStride() const { return 4; }
};

struct ByRows : Block {
    enum { IsRowMajor = 1 };
};

// A row of a matrix by columns, and a column.
struct Row : Block {
    enum { InnerStrideAtCompileTime = -1, IsVectorAtCompileTime = 1 };
};
struct Column : Block {
    enum { IsVectorAtCompileTime = 1 };
};

static_assert(std::is_convertible_v<Block, MatrixView> && std::is_convertible_v<Matrix, MatrixView>);
static_assert(!std::is_convertible_v<ByRows, MatrixView> && !std::is_convertible_v<Row, MatrixView>);
static_assert(std::is_convertible_v<Column, View<double>> && !std::is_convertible_v<Row, View<double>>);
static_assert(!std::is_convertible_v<Block, View<double>> && !std::is_convertible_v<Matrix, View<double>>);
static_assert(std::is_convertible_v<std::vector<double>, View<double>> && !std::is_convertible_v<std::vector<float>, View<double>>);
static_assert(!std::is_convertible_v<std::string, Texts>);

template <class T>
constexpr bool is_owner = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> && std::is_nothrow_move_constructible_v<T>;
static_assert(is_owner<Frame> && is_owner<CsvOptions> && is_owner<Spec> && is_owner<Family>);
static_assert(is_owner<Options> && is_owner<Fit> && is_owner<Bootstrap> && is_owner<Questions>);

static void views()
{
    const double numbers[12] = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
    const MatrixView block = Block{numbers + 1};
    CHECK(block.rows() == 2 && block.cols() == 3 && block.ld() == 4 && block(1, 2) == 22 && block.col(1)[0] == 11);
    const Matrix copy(block);
    CHECK(MatrixView(copy).ld() == 2 && copy.size() == 6 && copy(0, 1) == 11);
    const View<double> all = numbers;
    double sum = 0;
    for (const double number : all) sum += number;
    CHECK(all.size() == 12 && sum == 138 && View<double>().empty());
    const std::array<double, 2> pair{1, 2};
    CHECK(View<double>(pair).data() == pair.data());
}

static void columns()
{
    auto frame = take(Frame::make(3));
    OK(frame.add_f64("x", {1.5, NAN, 2.5}));
    OK(frame.add_i32("i", std::vector<std::int32_t>{1, 2, INT32_MIN}));
    OK(frame.add_i64("l", {1, 2, 3}));
    OK(frame.add_categorical("c", {1, 0, -1}, {"low", "high"}, true));
    OK(frame.add_strings("s", std::vector<std::string>{"b", "a", "b"}));
    OK(frame.add_strings("o", std::vector<std::optional<std::string_view>>{"u", std::nullopt, "v"}));
    OK(frame.add_strings("p", std::vector<const char *>{"u", nullptr, "v"}));
    CHECK((frame.column_names() == std::vector<std::string_view>{"x", "i", "l", "c", "s", "o", "p"}));
    CHECK(frame.n_rows() == 3 && frame.n_columns() == 7 && frame.column_kind(3) == ColumnKind::category);
    CHECK(take(frame.column_index("s")) == 4 && frame.column_is_ordered(3) && frame.column_level(3, 1) == "high");
    CHECK(take(frame.column_f64("x"))[2] == 2.5 && take(frame.column_f64(0))[0] == 1.5 && std::isnan(take(frame.column_f64("x"))[1]));
    CHECK((take(frame.column_i64("l")) == std::vector<std::int64_t>{1, 2, 3}));
    CHECK((take(frame.column_codes("c")) == std::vector<std::int32_t>{1, 0, -1}));
    CHECK((take(frame.column_strings("s")) == std::vector<std::string_view>{"b", "a", "b"}));
    CHECK(take(frame.column_strings("o"))[1].data() == nullptr && frame.column_string(6, 2) == "v");

    FAILS(Status::data, "no column 'y'", frame.column_f64("y"));
    FAILS(Status::argument, "numbers", frame.column_strings("x"));
    FAILS(Status::argument, "3", frame.add_f64("z", {1.0}));
    FAILS(Status::argument, "name has a NUL", frame.add_f64(std::string_view("z\0z", 3), {1.0, 2.0, 3.0}));
    FAILS(Status::argument, "values has a NUL", frame.add_strings("z", std::vector<std::string>{"a", std::string("b\0", 2), "c"}));
    FAILS(Status::argument, "levels has a NUL", frame.set_levels("s", {"a", std::string_view("b\0b", 3)}, false));
    CHECK(frame.n_columns() == 7);
}

static void text_files()
{
    CsvOptions options;
    OK(options.set_separator(';'));
    OK(options.set_na_strings({"?", "none"}));
    const Frame frame = take(Frame::read_csv_bytes("a;b\n1;x\n?;y\n", options));
    CHECK(std::isnan(take(frame.column_f64("a"))[1]) && frame.column_string(1, 1) == "y");
    FAILS(Status::io, "nowhere.csv", Frame::read_csv("nowhere.csv"));
}

static void arrow()
{
    const Frame frame = sleepstudy();
    ArrowSchema schema{};
    ArrowArray array{};
    OK(frame.to_arrow(schema, array));
    CHECK(array.length == 180);
    const Frame back = take(Frame::from_arrow(schema, array));
    CHECK(schema.release == nullptr && array.release == nullptr && take(back.column_f64("Days")) == take(frame.column_f64("Days")));
    ArrowArrayStream stream{};
    OK(frame.to_arrow_stream(stream));
    CHECK(take(Frame::from_arrow_stream(stream)).n_rows() == 180 && stream.release == nullptr);
}

static void models_from_arrays()
{
    const auto frame = sleepstudy();
    const auto y = take(frame.column_f64("Reaction")), days = take(frame.column_f64("Days"));
    const auto codes = take(frame.column_codes("Subject"));
    Matrix x(180, 2);
    for (std::size_t i = 0; i < 180; i++) x(i, 0) = 1.0, x(i, 1) = days[i];
    auto spec = take(Spec::make_array(Model::lmm, y, x));
    OK(spec.set_fixef_names({"one", "days"}));
    OK(spec.add_term("person", x, codes, 18));
    OK(spec.set_term_effects(0, {"one", "days"}));
    const Fit fit = take(Fit::make(spec));
    CHECK(close(fit.log_likelihood(), sleepstudy_fit().log_likelihood(), 1e-7) && fit.term_group(0) == "person");

    auto later = take(Spec::make_array(Model::lmm, {}, MatrixView(x.data(), 10, 2, 180)));
    OK(later.add_term(std::nullopt, MatrixView(x.data(), 10, 2, 180), View<std::int32_t>(codes.data(), 10), 18));
    PredictRequest request;
    request.arrays = &later;
    const Matrix predicted = take(fit.predict(none, request));
    const auto fitted = take(fit.fitted());
    CHECK(predicted.rows() == 10 && close(predicted(9, 0), fitted[9], 1e-9));

    auto simple = take(Spec::make_array(Model::lmm, y, x));
    OK(simple.add_term(std::nullopt, {}, std::vector<std::int64_t>(codes.begin(), codes.end()), 18));
    CHECK(take(Fit::make(simple)).term_n_effects(0) == 1);
    FAILS(Status::argument, "y has length 3, 180 is wanted", Spec::make_array(Model::lmm, {1.0, 2.0, 3.0}, x));
    FAILS(Status::argument, "z has length 180, 2 is wanted", spec.add_term("g", x, std::vector<std::int32_t>{0, 1}, 2));
    FAILS(Status::argument, "names", spec.set_fixef_names({"one"}));
    FAILS(Status::argument, "names has length 1, 2 is wanted", spec.set_dispersion_array(x, {"one"}));
}

static void ownership()
{
    Frame one = take(Frame::make(2));
    const interlace_frame *const own = one.capi();
    Frame other = std::move(one);
    CHECK(!one && other && other.capi() == own);
    FAILS(Status::argument, "frame is NULL", one.add_f64("x", {1.0, 2.0}));
    CHECK(one.n_rows() == 0 && one.column_names().empty());
    other = take(Frame::make(3));
    Frame &itself = other;
    other = std::move(itself);
    CHECK(other.n_rows() == 3);
    interlace_frame *const given = other.release();
    CHECK(!other);
    const Frame adopted(given);
    CHECK(adopted.n_rows() == 3);
}

static void errors_and_codes()
{
    FAILS(Status::formula, "", Spec::make(Model::lmm, "y ~ (1 | "));
#if INTERLACE_THROWS
    try {
        static_cast<void>(Spec::make(Model::lmm, "y ~ x + (1 | g))"));
        CHECK(false);
    } catch (const std::exception &error) {
        CHECK(std::strlen(error.what()) > 0);
        CHECK(static_cast<const Error &>(error).position() == 15);
    }
#else
    const auto bad = Spec::make(Model::lmm, "y ~ x + (1 | g))");
    CHECK(!bad.has_value() && bad.error().position() == 15 && bad.error().message() == bad.error().what());
#endif
    CHECK(name(Df::kenward_roger) == "kenward_roger" && name(Status::ok) == "ok");
    CHECK(take(from_name<Quantity>("class")) == Quantity::class_ && take(from_name<Optimizer>("lbfgsb")) == Optimizer::lbfgsb);
    FAILS(Status::argument, "reml", from_name<Method>("rem"));
    CHECK(version() == interlace_version() && version_number() == INTERLACE_VERSION_NUMBER);
    Options options;
    OK(options.set("threads", "2"));
    CHECK(take(options.get("threads")) == "2" && Options::count() > 5 && !Options::doc(0).empty());
    FAILS(Status::argument, "0", options.set_threads(0));
    CHECK(Family::count() >= 17 && !Family::name(0).empty());
}

int main()
{
    views();
    columns();
    text_files();
    arrow();
    models_from_arrays();
    ownership();
    errors_and_codes();
    return 0;
}
